from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('dossiers', '0003_holds_and_stops'),
    ]

    operations = [
        migrations.AddField(
            model_name='dossier',
            name='desk_since',
            field=models.DateTimeField(help_text='when it came to the desk it is at; a supplement keeps it', null=True),
        ),
        migrations.AddField(
            model_name='dossier',
            name='held_since',
            field=models.DateTimeField(help_text='since when it, or a name of it, is on hold', null=True),
        ),
        migrations.AddField(
            model_name='dossier',
            name='stops',
            field=models.JSONField(blank=True, default=list, help_text='[{why, since, until}] of its clock, in their order'),
        ),
    ]
