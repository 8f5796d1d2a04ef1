import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0002_ways_digests_and_incidents'),
    ]

    operations = [
        migrations.CreateModel(
            name='MailServer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('failures', models.PositiveIntegerField(default=0, help_text='how often in a row it failed; 0: it works')),
                ('away_since', models.DateTimeField(null=True)),
                ('try_at', models.DateTimeField(default=django.utils.timezone.now, help_text='while it is away nobody calls it before')),
                ('answer', models.CharField(blank=True, help_text='what it said, or what went wrong, at last', max_length=300)),
                ('told_at', models.DateTimeField(help_text='when administrators were last told of mails given up', null=True)),
            ],
        ),
    ]
